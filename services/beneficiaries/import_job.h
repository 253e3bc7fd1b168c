/* The worker's side of imports: run functions for the job kinds import_people and import_enrolments. Both
 * resume an import that was interrupted where its last batch ended. */
#ifndef HUIMIN_IMPORT_JOB_H
#define HUIMIN_IMPORT_JOB_H

#include "job.h"

job_run import_people_run;
job_run import_enrolments_run;

#endif
