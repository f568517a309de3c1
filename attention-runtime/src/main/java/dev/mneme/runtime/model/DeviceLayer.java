package dev.mneme.runtime.model;

/** {@link LayerWeights} on a device; the address of what an architecture does not have is 0. */
record DeviceLayer(
        long attentionNorm,
        DeviceMatrix query,
        DeviceMatrix key,
        DeviceMatrix value,
        long queryBias,
        long keyBias,
        long valueBias,
        long queryNorm,
        long keyNorm,
        DeviceMatrix output,
        long postAttentionNorm,
        long feedForwardNorm,
        DeviceMatrix gate,
        DeviceMatrix up,
        DeviceMatrix down,
        long postFeedForwardNorm) {}
