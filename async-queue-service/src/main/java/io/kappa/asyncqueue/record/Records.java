package io.kappa.asyncqueue.record;

import io.kappa.asyncqueue.event.Position;
import java.util.Optional;

/** Records of the service's topics by where they are. Any thread may ask. */
public interface Records {

    /**
     * The record; empty where the topic no longer keeps it. Blocks.
     *
     * @throws IllegalStateException where it cannot be told, because the cluster is out of reach
     */
    Optional<StoredRecord> read(Position position);

    /** Keeps a record at hand that has just come by and will soon be asked for. */
    void remember(Position position, StoredRecord record);
}
