/* Handlers of possible duplicates: see routes.c. */
#ifndef HUIMIN_DUPLICATE_API_H
#define HUIMIN_DUPLICATE_API_H

#include "call.h"

enum err duplicate_api_list(struct call *call);
enum err duplicate_api_judge(struct call *call);
enum err duplicate_api_judgements(struct call *call);
enum err duplicate_api_take_back(struct call *call);

#endif
