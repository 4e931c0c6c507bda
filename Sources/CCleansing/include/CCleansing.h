#pragma once

/// Nothing to call: linked into a program, this module takes the place of the C library's `free` and
/// `realloc`, for the program and every library in it, so that memory is cleared when it is given back.
