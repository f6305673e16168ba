/* gateway/base/sanitized.h: whether this build has a sanitizer, whose run-time starts programs,
 * reads /proc, and looks for pointers only in memory that it knows. */
#ifndef GATEWAY_BASE_SANITIZED_H
#define GATEWAY_BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

#endif
