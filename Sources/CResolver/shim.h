#pragma once
// Newer versions deprecate the calls that the oldest supported one (1.18) has.
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/nameser.h>
