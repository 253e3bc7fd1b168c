/* Handlers of merges: see routes.c. */
#ifndef HUIMIN_MERGE_API_H
#define HUIMIN_MERGE_API_H

#include "call.h"

enum err merge_api_propose(struct call *call);
enum err merge_api_list(struct call *call);
enum err merge_api_get(struct call *call);
enum err merge_api_approve(struct call *call);
enum err merge_api_reject(struct call *call);
enum err merge_api_undo(struct call *call);

#endif
