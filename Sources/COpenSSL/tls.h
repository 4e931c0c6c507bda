#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

// OpenSSL macros that Swift does not import, as functions; used by Sources/Sockets/TLS*.swift.

static inline int sendproof_tls_only_modern(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
}

/// Moving buffers: Swift arrays do not keep their place between two writes of the same bytes.
static inline void sendproof_tls_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(
        context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
            | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
            | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline long sendproof_tls_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}

static inline int sendproof_tls_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int sendproof_tls_chain_count(STACK_OF(X509) *chain) {
    return chain == NULL ? 0 : sk_X509_num(chain);
}

static inline X509 *sendproof_tls_chain_at(STACK_OF(X509) *chain, int index) {
    return sk_X509_value(chain, index);
}

static inline int sendproof_tls_names_count(GENERAL_NAMES *names) {
    return names == NULL ? 0 : sk_GENERAL_NAME_num(names);
}

/// The bytes of a DNS name (*type 2) or an IP address (*type 7); NULL for another kind of name.
static inline const unsigned char *sendproof_tls_name_at(
    GENERAL_NAMES *names, int index, int *type, int *length) {
    GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *type = name->type;
    ASN1_STRING *value = NULL;
    if (name->type == GEN_DNS) value = name->d.dNSName;
    if (name->type == GEN_IPADD) value = name->d.iPAddress;
    if (value == NULL) return NULL;
    *length = ASN1_STRING_length(value);
    return ASN1_STRING_get0_data(value);
}

static inline GENERAL_NAMES *sendproof_tls_alternative_names(X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline void sendproof_tls_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

static inline int sendproof_tls_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int sendproof_tls_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline BIO *sendproof_tls_memory(const void *bytes, int count) {
    return BIO_new_mem_buf(bytes, count);
}

/// TLS 1.0 and 1.1 with whatever cipher there is: to learn what a server speaks, never to use it.
static inline int sendproof_tls_only_outdated(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_VERSION)
        && SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION)
        && SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
}

/// The bytes of a certificate's SubjectPublicKeyInfo; sendproof_tls_free gives them back.
static inline int sendproof_tls_key_bytes(X509 *certificate, unsigned char **bytes) {
    return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), bytes);
}

static inline void sendproof_tls_free(void *bytes) { OPENSSL_free(bytes); }

static inline void sendproof_tls_free_chain(STACK_OF(X509) *chain) {
    sk_X509_pop_free(chain, X509_free);
}

/// RFC 2253 form with UTF-8 as it is; control characters stay escaped.
static inline int sendproof_tls_print_name(BIO *memory, const X509_NAME *name) {
    return X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

/// Whether the master secret is bound to this handshake (RFC 7627); always so in TLS 1.3.
static inline int sendproof_tls_has_extended_master_secret(SSL *ssl) {
    return SSL_get_extms_support(ssl) == 1;
}
