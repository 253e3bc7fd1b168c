/* The statements of imports of enrolments: one for each table and batch. */
#ifndef HUIMIN_IMPORT_ENROLMENTS_STORE_H
#define HUIMIN_IMPORT_ENROLMENTS_STORE_H

#include "import_enrolments.h"

/* Sets person_id and the result of the batch's good lines: unknown_person, other_division, excluded, unchanged or new.
 */
enum err import_enrolments_store_look_up(struct import_run *run);

/* Inserts the new applications; every row bears the event. */
enum err import_enrolments_store_batch(struct import_run *run, int64_t event_id);

#endif
