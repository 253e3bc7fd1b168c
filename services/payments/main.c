#include "payments_routes.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &payments_service);
}
