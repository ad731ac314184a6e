#include <stdio.h>
#include <cblas.h>
