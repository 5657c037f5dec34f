/* Preloaded by run.py: reads and writes that move a few bytes, are interrupted, or see another clock.
   SHIM_BYTES=N: at most N bytes per call. SHIM_EINTR=N: every Nth call is interrupted. SHIM_TIME=SECONDS: the clock. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static unsigned calls;

static int setting(const char *name) { const char *text = getenv(name); return text ? atoi(text) : 0; }

/* The number of bytes to move, or -1 for an interruption. */
static ssize_t allowed(size_t count) {
    int bytes = setting("SHIM_BYTES"), every = setting("SHIM_EINTR");
    if (every && __sync_add_and_fetch(&calls, 1) % every == 0) { errno = EINTR; return -1; }
    return bytes && count > (size_t)bytes ? bytes : (ssize_t)count;
}

#define SHORT(NAME, BUFFER, ...)                                                              \
    {                                                                                         \
        ssize_t some = allowed(count);                                                        \
        if (some < 0) return -1;                                                              \
        return ((ssize_t(*)(int, BUFFER, size_t, ...))dlsym(RTLD_NEXT, NAME))(fd, buffer, some, ##__VA_ARGS__); \
    }

ssize_t read(int fd, void *buffer, size_t count) SHORT("read", void *)
ssize_t write(int fd, const void *buffer, size_t count) SHORT("write", const void *)
ssize_t pread64(int fd, void *buffer, size_t count, off_t at) SHORT("pread64", void *, at)
ssize_t pwrite64(int fd, const void *buffer, size_t count, off_t at) SHORT("pwrite64", const void *, at)
ssize_t writev(int fd, const struct iovec *parts, int count) {
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return write(fd, parts[i].iov_base, parts[i].iov_len);
    return 0;
}
ssize_t copy_file_range(int in, off_t *from, int out, off_t *to, size_t count, unsigned flags) { errno = EXDEV; return -1; }
ssize_t sendfile64(int out, int in, off_t *from, size_t count) { errno = EINVAL; return -1; }
ssize_t splice(int in, off_t *from, int out, off_t *to, size_t count, unsigned flags) { errno = EINVAL; return -1; }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(clock, time);
    if (clock == CLOCK_REALTIME && getenv("SHIM_TIME")) time->tv_sec = atoll(getenv("SHIM_TIME"));
    return result;
}
