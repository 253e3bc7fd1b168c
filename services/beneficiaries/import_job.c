#include "import_job.h"

#include "import_enrolments.h"
#include "import_people.h"
#include "import_run.h"

enum job_outcome import_people_run(struct job_context *context, enum err *ret_error)
{
    return import_run(context, &import_people_kind, ret_error);
}

enum job_outcome import_enrolments_run(struct job_context *context, enum err *ret_error)
{
    return import_run(context, &import_enrolments_kind, ret_error);
}
