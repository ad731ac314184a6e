#ifndef CKERNELS_H
#define CKERNELS_H
#include "target.h"
#include "convolution.h"
#include "depthwise.h"
#include "optimizer.h"
#include "pool.h"
#include "winograd.h"
#include "elementwise.h"
#include "losses.h"
#include "mask_inference.h"
#include "norm.h"
#include "softmax.h"
#include "gridsample.h"
#include "prototypes.h"
#include "resize.h"
#include "deformable.h"
#endif
