#pragma once
#include <openssl/cms.h>
#include <openssl/x509v3.h>

// Typed stacks of OpenSSL that Swift does not import, as functions; used by
// Sources/Cryptography/CMS*.swift.

static inline STACK_OF(X509) *sendproof_cms_stack_new(void) { return sk_X509_new_null(); }

/// The stack keeps a reference of its own.
static inline int sendproof_cms_stack_add(STACK_OF(X509) *stack, X509 *certificate) {
    if (X509_up_ref(certificate) != 1) return 0;
    if (sk_X509_push(stack, certificate) > 0) return 1;
    X509_free(certificate);
    return 0;
}

static inline int sendproof_cms_stack_count(const STACK_OF(X509) *stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}

static inline X509 *sendproof_cms_stack_at(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}

static inline void sendproof_cms_stack_free(STACK_OF(X509) *stack) {
    sk_X509_pop_free(stack, X509_free);
}

/// What a signer's answers may be encrypted with: AES only, the strongest first.
static inline int sendproof_cms_add_capabilities(CMS_SignerInfo *signer) {
    STACK_OF(X509_ALGOR) *list = NULL;
    int added = CMS_add_simple_smimecap(&list, NID_aes_256_gcm, -1)
        && CMS_add_simple_smimecap(&list, NID_aes_256_cbc, -1)
        && CMS_add_simple_smimecap(&list, NID_aes_128_cbc, -1)
        && CMS_add_smimecap(signer, list);
    sk_X509_ALGOR_pop_free(list, X509_ALGOR_free);
    return added;
}

/// The signer at an index; NULL beyond the last.
static inline CMS_SignerInfo *sendproof_cms_signer_at(CMS_ContentInfo *message, int index) {
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(message);
    return index < sk_CMS_SignerInfo_num(signers) ? sk_CMS_SignerInfo_value(signers, index) : NULL;
}

/// The number of a signer's digest algorithm, and its certificate once the signature was checked.
static inline int sendproof_cms_signer_digest(CMS_SignerInfo *signer, X509 **certificate) {
    X509_ALGOR *digest = NULL;
    const ASN1_OBJECT *object = NULL;
    CMS_SignerInfo_get0_algs(signer, NULL, certificate, &digest, NULL);
    X509_ALGOR_get0(&object, NULL, NULL, digest);
    return OBJ_obj2nid(object);
}

/// Issuer and serial number of the recipient at an index: 1, 0 beyond the last, -1 for a recipient
/// that is named in another way.
static inline int sendproof_cms_recipient_at(
    CMS_ContentInfo *message, int index, X509_NAME **issuer, ASN1_INTEGER **serial) {
    STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(message);
    if (index >= sk_CMS_RecipientInfo_num(recipients)) return 0;
    CMS_RecipientInfo *recipient = sk_CMS_RecipientInfo_value(recipients, index);
    *issuer = NULL;
    *serial = NULL;
    if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_TRANS) {
        CMS_RecipientInfo_ktri_get0_signer_id(recipient, NULL, issuer, serial);
    } else if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_AGREE) {
        STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(recipient);
        if (sk_CMS_RecipientEncryptedKey_num(keys) > 0)
            CMS_RecipientEncryptedKey_get0_id(
                sk_CMS_RecipientEncryptedKey_value(keys, 0), NULL, NULL, NULL, issuer, serial);
    }
    return *issuer != NULL && *serial != NULL ? 1 : -1;
}

static inline int sendproof_cms_emails_count(const STACK_OF(OPENSSL_STRING) *emails) {
    return emails == NULL ? 0 : sk_OPENSSL_STRING_num(emails);
}

static inline const char *sendproof_cms_email_at(
    const STACK_OF(OPENSSL_STRING) *emails, int index) {
    return sk_OPENSSL_STRING_value(emails, index);
}

static inline void sendproof_cms_emails_free(STACK_OF(OPENSSL_STRING) *emails) {
    X509_email_free(emails);
}

/// RFC 2253 form with UTF-8 as it is; control characters stay escaped.
static inline int sendproof_cms_print_name(BIO *memory, const X509_NAME *name) {
    return X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

/// Seconds since 1970 of a certificate's time; 0 when it is no time.
static inline int sendproof_cms_seconds(const ASN1_TIME *time, long long *seconds) {
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *seconds = (long long)timegm(&parts);
    return 1;
}

static inline void sendproof_cms_free_bytes(void *bytes) { OPENSSL_free(bytes); }
