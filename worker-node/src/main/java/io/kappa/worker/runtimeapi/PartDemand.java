package io.kappa.worker.runtimeapi;

/**
 * How many further parts of a result whoever takes them has room for. None come without having been asked for, so that nothing piles up; the
 * end counts as one.
 */
@FunctionalInterface
public interface PartDemand {

    /** From any thread. */
    void more(long parts);
}
