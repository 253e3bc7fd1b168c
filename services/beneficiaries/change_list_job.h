/* The worker's jobs for change lists. */
#ifndef HUIMIN_CHANGE_LIST_JOB_H
#define HUIMIN_CHANGE_LIST_JOB_H

#include "job.h"

enum job_outcome change_list_check_run(struct job_context *context, enum err *ret_error);

/* Applies a list: in mode good in transactions of some hundred lines each, in mode all in one. */
enum job_outcome change_list_apply_run(struct job_context *context, enum err *ret_error);

#endif
