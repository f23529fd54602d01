package io.kappa.mapper.filter;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Says which records a mapping lets through. Thread-safe. */
@FunctionalInterface
public interface RecordFilter {
    RecordFilter EVERYTHING = _ -> true;

    boolean lets(ConsumerRecord<byte[], byte[]> record);
}
