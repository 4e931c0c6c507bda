#pragma once
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// OpenSSL macros and typed stacks that Swift does not import, as functions; used by
// Sources/Cryptography.

static inline int sendproof_x509_stack_count(STACK_OF(X509) *stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}

static inline X509 *sendproof_x509_stack_at(STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}

static inline void sendproof_x509_stack_free(STACK_OF(X509) *stack) {
    sk_X509_pop_free(stack, X509_free);
}

/// A buffer that OpenSSL made, given back.
static inline void sendproof_x509_free_bytes(void *bytes) { OPENSSL_free(bytes); }

static inline BIO *sendproof_x509_memory(const void *bytes, int count) {
    return BIO_new_mem_buf(bytes, count);
}

/// RFC 2253 form with UTF-8 as it is; control characters stay escaped.
static inline int sendproof_x509_print_name(BIO *memory, const X509_NAME *name) {
    return X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline int sendproof_x509_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

/// Seconds since 1970 of a certificate's time; 0 when it is no time.
static inline int sendproof_x509_seconds(const ASN1_TIME *time, long long *seconds) {
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *seconds = (long long)timegm(&parts);
    return 1;
}

static inline GENERAL_NAMES *sendproof_x509_names(X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

/// The alternative names that a request asks for.
static inline GENERAL_NAMES *sendproof_x509_requested_names(X509_REQ *request) {
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
    if (extensions == NULL) return NULL;
    GENERAL_NAMES *names =
        (GENERAL_NAMES *)X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return names;
}

static inline void sendproof_x509_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

static inline int sendproof_x509_names_count(GENERAL_NAMES *names) {
    return names == NULL ? 0 : sk_GENERAL_NAME_num(names);
}

/// The bytes of an email address (*type 1), a DNS name (2) or an IP address (7); NULL for another
/// kind of name.
static inline const unsigned char *sendproof_x509_name_at(
    GENERAL_NAMES *names, int index, int *type, int *length) {
    GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    ASN1_STRING *value = NULL;
    *type = name->type;
    if (name->type == GEN_EMAIL) value = name->d.rfc822Name;
    if (name->type == GEN_DNS) value = name->d.dNSName;
    if (name->type == GEN_IPADD) value = name->d.iPAddress;
    if (value == NULL) return NULL;
    *length = ASN1_STRING_length(value);
    return ASN1_STRING_get0_data(value);
}

static inline GENERAL_NAMES *sendproof_x509_names_new(void) { return sk_GENERAL_NAME_new_null(); }

/// Adds an alternative name; the bytes are copied as they are. 1 when done.
static inline int sendproof_x509_names_add(
    GENERAL_NAMES *names, int type, const unsigned char *bytes, int length) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        type == GEN_IPADD ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (name == NULL || value == NULL || ASN1_STRING_set(value, bytes, length) != 1) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(value);
        return 0;
    }
    GENERAL_NAME_set0_value(name, type, value);
    if (sk_GENERAL_NAME_push(names, name) > 0) return 1;
    GENERAL_NAME_free(name);
    return 0;
}

/// Puts the names into a request. 1 when done.
static inline int sendproof_x509_request_names(X509_REQ *request, GENERAL_NAMES *names) {
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    int done = X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0, 0) == 1
        && X509_REQ_add_extensions(request, extensions) == 1;
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return done;
}

// PKCS#12

enum {
    sendproof_pkcs12_old_cipher = 1,
    sendproof_pkcs12_too_expensive = 2,
    sendproof_pkcs12_unreadable = 4,
    sendproof_pkcs12_has_key = 8
};

/// What the algorithm that protects a part says: whether it is old, or costs more than `limit`
/// rounds.
static inline int sendproof_pkcs12_algorithm(const X509_ALGOR *algorithm, long limit) {
    const ASN1_OBJECT *object = NULL;
    const void *parameter = NULL;
    int type = 0, found = 0;
    X509_ALGOR_get0(&object, &type, &parameter, algorithm);
    if (type != V_ASN1_SEQUENCE) return sendproof_pkcs12_unreadable;
    const ASN1_STRING *text = (const ASN1_STRING *)parameter;
    const unsigned char *bytes = ASN1_STRING_get0_data(text);
    long length = ASN1_STRING_length(text);
    if (OBJ_obj2nid(object) != NID_pbes2) {
        PBEPARAM *old = d2i_PBEPARAM(NULL, &bytes, length);
        if (old == NULL) return sendproof_pkcs12_unreadable;
        long rounds = old->iter == NULL ? 1 : ASN1_INTEGER_get(old->iter);
        if (rounds < 1 || rounds > limit) found |= sendproof_pkcs12_too_expensive;
        PBEPARAM_free(old);
        return found | sendproof_pkcs12_old_cipher;
    }
    PBE2PARAM *modern = d2i_PBE2PARAM(NULL, &bytes, length);
    if (modern == NULL) return sendproof_pkcs12_unreadable;
    int cipher = OBJ_obj2nid(modern->encryption->algorithm);
    if (cipher != NID_aes_128_cbc && cipher != NID_aes_192_cbc && cipher != NID_aes_256_cbc)
        found |= sendproof_pkcs12_old_cipher;
    const ASN1_OBJECT *derivation = NULL;
    X509_ALGOR_get0(&derivation, &type, &parameter, modern->keyfunc);
    if (OBJ_obj2nid(derivation) == NID_id_pbkdf2 && type == V_ASN1_SEQUENCE) {
        text = (const ASN1_STRING *)parameter;
        bytes = ASN1_STRING_get0_data(text);
        PBKDF2PARAM *rounds = d2i_PBKDF2PARAM(NULL, &bytes, ASN1_STRING_length(text));
        long count = rounds == NULL ? 0 : ASN1_INTEGER_get(rounds->iter);
        if (count < 1 || count > limit) found |= sendproof_pkcs12_too_expensive;
        PBKDF2PARAM_free(rounds);
    } else {
        // Another derivation, such as scrypt, chooses its own memory.
        found |= sendproof_pkcs12_too_expensive;
    }
    PBE2PARAM_free(modern);
    return found;
}

static inline int sendproof_pkcs12_bags(
    const STACK_OF(PKCS12_SAFEBAG) *bags, long limit, int depth) {
    int found = 0;
    if (bags == NULL || depth > 4) return sendproof_pkcs12_unreadable;
    for (int index = 0; index < sk_PKCS12_SAFEBAG_num(bags); index++) {
        const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, index);
        int kind = PKCS12_SAFEBAG_get_nid(bag);
        if (kind == NID_keyBag) found |= sendproof_pkcs12_has_key;
        if (kind == NID_pkcs8ShroudedKeyBag) {
            const X509_SIG *sealed = PKCS12_SAFEBAG_get0_pkcs8(bag);
            const X509_ALGOR *algorithm = NULL;
            X509_SIG_get0(sealed, &algorithm, NULL);
            found |= sendproof_pkcs12_has_key | sendproof_pkcs12_algorithm(algorithm, limit);
        }
        if (kind == NID_safeContentsBag)
            found |= sendproof_pkcs12_bags(PKCS12_SAFEBAG_get0_safes(bag), limit, depth + 1);
    }
    return found;
}

/// Goes through all parts of the file before anything costly is done with them.
static inline int sendproof_pkcs12_inspect(
    PKCS12 *file, const char *password, int length, long limit) {
    STACK_OF(PKCS7) *parts = PKCS12_unpack_authsafes(file);
    if (parts == NULL) return sendproof_pkcs12_unreadable;
    int found = 0;
    for (int index = 0; index < sk_PKCS7_num(parts); index++) {
        PKCS7 *part = sk_PKCS7_value(parts, index);
        STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
        int kind = OBJ_obj2nid(part->type);
        if (kind == NID_pkcs7_data) {
            bags = PKCS12_unpack_p7data(part);
        } else if (kind == NID_pkcs7_encrypted && part->d.encrypted != NULL) {
            found |= sendproof_pkcs12_algorithm(part->d.encrypted->enc_data->algorithm, limit);
            if (found & (sendproof_pkcs12_too_expensive | sendproof_pkcs12_unreadable)) break;
            bags = PKCS12_unpack_p7encdata(part, password, length);
        } else {
            continue;
        }
        found |= sendproof_pkcs12_bags(bags, limit, 0);
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
    sk_PKCS7_pop_free(parts, PKCS7_free);
    return found;
}

static inline void sendproof_pkcs12_collect_bags(
    const STACK_OF(PKCS12_SAFEBAG) *bags, const char *password, int length,
    OSSL_LIB_CTX *library, EVP_PKEY **key, STACK_OF(X509) *certificates) {
    for (int index = 0; bags != NULL && index < sk_PKCS12_SAFEBAG_num(bags); index++) {
        const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, index);
        int kind = PKCS12_SAFEBAG_get_nid(bag);
        if (kind == NID_certBag) {
            X509 *certificate = PKCS12_SAFEBAG_get1_cert(bag);
            if (certificate != NULL && sk_X509_push(certificates, certificate) <= 0)
                X509_free(certificate);
        }
        if (kind == NID_keyBag && *key == NULL)
            *key = EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag));
        if (kind == NID_pkcs8ShroudedKeyBag && *key == NULL) {
            PKCS8_PRIV_KEY_INFO *opened = PKCS8_decrypt_ex(
                PKCS12_SAFEBAG_get0_pkcs8(bag), password, length, library, NULL);
            if (opened != NULL) *key = EVP_PKCS82PKEY(opened);
            PKCS8_PRIV_KEY_INFO_free(opened);
        }
        if (kind == NID_safeContentsBag)
            sendproof_pkcs12_collect_bags(
                PKCS12_SAFEBAG_get0_safes(bag), password, length, library, key, certificates);
    }
}

/// Takes the first key and all certificates out of a file that was inspected. PKCS12_parse looks
/// the ciphers of keys up in the process's library, and refuses files without a check.
static inline STACK_OF(X509) *sendproof_pkcs12_collect(
    PKCS12 *file, const char *password, int length, OSSL_LIB_CTX *library, EVP_PKEY **key) {
    STACK_OF(PKCS7) *parts = PKCS12_unpack_authsafes(file);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    for (int index = 0; index < sk_PKCS7_num(parts); index++) {
        PKCS7 *part = sk_PKCS7_value(parts, index);
        STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
        int kind = OBJ_obj2nid(part->type);
        if (kind == NID_pkcs7_data) bags = PKCS12_unpack_p7data(part);
        if (kind == NID_pkcs7_encrypted) bags = PKCS12_unpack_p7encdata(part, password, length);
        sendproof_pkcs12_collect_bags(bags, password, length, library, key, certificates);
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
    sk_PKCS7_pop_free(parts, PKCS7_free);
    return certificates;
}

/// The rounds of the file's own check; 0 when it has none.
static inline long sendproof_pkcs12_rounds(const PKCS12 *file) {
    const ASN1_INTEGER *rounds = NULL;
    const ASN1_OCTET_STRING *code = NULL;
    PKCS12_get0_mac(&code, NULL, NULL, &rounds, file);
    if (code == NULL) return 0;
    return rounds == NULL ? 1 : ASN1_INTEGER_get(rounds);
}
