package dev.mneme.runtime.model;

/**
 * What may differ from layer to layer.
 *
 * @param ropeBase base of the rotary frequencies: pair j turns by {@code base^(-2j / headDim)} a token
 * @param ropeScale what positions are divided by before they are turned (linear scaling); 1 for none
 * @param window how many tokens a token sees, itself included; 0 = all (a global layer)
 */
public record LayerSpec(double ropeBase, double ropeScale, int window) {}
