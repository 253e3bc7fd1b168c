#include "programmes_routes.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &programmes_service);
}
