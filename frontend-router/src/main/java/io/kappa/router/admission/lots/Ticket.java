package io.kappa.router.admission.lots;

/**
 * Leave to run one invocation.
 *
 * @param startBefore time of the holder's clock from which on a worker must not begin it. The holder cannot see to that itself: between its
 *     look at the clock and the worker's first act it may be paused, and the request may wait in a buffer.
 * @param overBy time of the holder's clock at which the invocation is over, even if nobody has said so
 */
public record Ticket(Pool pool, long startBefore, long overBy) {}
