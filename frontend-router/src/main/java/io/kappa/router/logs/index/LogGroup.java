package io.kappa.router.logs.index;

/**
 * A log group: what its streams have in common.
 *
 * @param created when the oldest of its streams was, in epoch milliseconds
 * @param bytes of all lines that were written to its streams
 */
public record LogGroup(String name, long created, long bytes) {}
