#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// libcurl's setters take any number of arguments, which Swift does not call; these take one.

/// A macro that Swift does not import: Basic authentication.
static const long sendproof_curl_basic = (long)CURLAUTH_BASIC;

static inline CURLcode sendproof_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode sendproof_curl_set_text(CURL *easy, CURLoption option, const char *text) {
    return curl_easy_setopt(easy, option, text);
}

static inline CURLcode sendproof_curl_set_pointer(CURL *easy, CURLoption option, void *pointer) {
    return curl_easy_setopt(easy, option, pointer);
}

static inline CURLcode sendproof_curl_set_header_function(
    CURL *easy, size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}

/// Which schemes a URL may have; the option's name changed in 7.85.
static inline CURLcode sendproof_curl_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http");
#else
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP);
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTP);
#endif
}

/// The functions through which libcurl gets, and does not close, a socket that is connected.
static inline CURLcode sendproof_curl_set_socket_functions(
    CURL *easy,
    curl_opensocket_callback open,
    curl_sockopt_callback configure,
    curl_closesocket_callback close,
    void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, configure);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
    return code;
}

static inline CURLcode sendproof_curl_get_number(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode sendproof_curl_set_multi_functions(
    CURLM *multi, curl_socket_callback watch, curl_multi_timer_callback timer, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

/// The result of the one transfer, once it is done; -1 before that.
static inline int sendproof_curl_result(CURLM *multi) {
    int left = 0;
    CURLMsg *message = curl_multi_info_read(multi, &left);
    return message != NULL && message->msg == CURLMSG_DONE ? (int)message->data.result : -1;
}

// What a whole transfer over HTTPS needs.

static inline CURLcode sendproof_curl_only_web(CURL *easy, int secure) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http");
#else
    return curl_easy_setopt(
        easy, CURLOPT_PROTOCOLS, secure ? (long)CURLPROTO_HTTPS : (long)CURLPROTO_HTTP);
#endif
}

static inline CURLcode sendproof_curl_set_list(
    CURL *easy, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(easy, option, list);
}

/// libcurl keeps a copy.
static inline CURLcode sendproof_curl_set_blob(
    CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

/// The bytes must live until the transfer has ended.
static inline CURLcode sendproof_curl_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bytes ? bytes : "");
    return code;
}

static inline CURLcode sendproof_curl_set_transfer_functions(
    CURL *easy,
    size_t (*write)(char *, size_t, size_t, void *),
    size_t (*header)(char *, size_t, size_t, void *),
    curl_xferinfo_callback progress,
    curl_opensocket_callback open,
    void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, progress);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_XFERINFODATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    return code;
}

/// Macros that Swift does not import: TLS 1.2 or later.
static const long sendproof_curl_tls12 = (long)CURL_SSLVERSION_TLSv1_2;

/// The address that a socket is asked for.
static inline const struct sockaddr *sendproof_curl_address(const struct curl_sockaddr *address) {
    return &address->addr;
}
