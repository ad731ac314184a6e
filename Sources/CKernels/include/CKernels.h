#ifndef CKERNELS_H
#define CKERNELS_H
#include "target.h"
#include "convolution.h"
#endif
