#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/// The event loop whose thread this is, or NULL. Thread-local; never inlined, because the Swift
/// optimizer would reuse the answer across a suspension.
void *sendproof_thread_loop(void);
void sendproof_set_thread_loop(void *loop);

/// Nanoseconds of CLOCK_MONOTONIC.
uint64_t sendproof_monotonic_nanoseconds(void);

/// Switches core dumps and ptrace by other processes off. Returns 0, or -1 with errno.
int sendproof_forbid_core_dumps(void);

/// Raises the soft descriptor limit to the hard one and returns it.
uint64_t sendproof_raise_descriptor_limit(void);

/// accept4(2) with close-on-exec and non-blocking.
int sendproof_accept(int listener, struct sockaddr *address, socklen_t *size);
