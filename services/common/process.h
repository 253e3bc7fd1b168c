/* What every program does at its edges: stop signals as a descriptor, common flags, configuration. */
#ifndef HUIMIN_PROCESS_H
#define HUIMIN_PROCESS_H

#include <stdbool.h>

/* Blocks SIGTERM and SIGINT in all threads to come and returns a descriptor that becomes readable when one
 * arrives (signalfd); SIGPIPE is ignored. -1 on failure. Call before starting threads. */
int process_stop_fd(void);

/* True when stop_fd is readable, waiting at most wait_ms. */
bool process_stop_requested(int stop_fd, int wait_ms);

#endif
