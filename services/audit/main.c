#include "audit_routes.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &audit_service);
}
