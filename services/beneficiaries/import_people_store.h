/* The statements of imports of people: one for each table and batch. */
#ifndef HUIMIN_IMPORT_PEOPLE_STORE_H
#define HUIMIN_IMPORT_PEOPLE_STORE_H

#include "import_people.h"

/* Fills `known` of the batch's good lines. */
enum err import_people_store_look_up(struct import_run *run);

/* Makes lines bad whose income lowers what a household gets without its hearing. */
enum err import_people_store_unheard(struct import_run *run);

/* Stores the new and changed lines of the batch; every row bears the event. */
enum err import_people_store_batch(struct import_run *run, int64_t event_id);

#endif
