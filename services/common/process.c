#include "process.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int process_stop_fd(void)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    if (sigprocmask(SIG_BLOCK, &stops, NULL) != 0)
        return -1;
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &stops, SFD_CLOEXEC);
}

bool process_stop_requested(int stop_fd, int wait_ms)
{
    struct pollfd wait = {.fd = stop_fd, .events = POLLIN};
    return poll(&wait, 1, wait_ms) > 0;
}
