package io.kappa.mapper.stream;

import io.kappa.mapper.shard.Step;

/** Keeps what a mapping gives up. */
@FunctionalInterface
public interface StreamHandover {
    /** Blocks until the records are kept. @throws RuntimeException where they are not, and then it is called again */
    void keep(StreamMapping mapping, Step.HandOver givenUp);
}
