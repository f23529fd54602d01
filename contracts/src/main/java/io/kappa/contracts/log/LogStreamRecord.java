package io.kappa.contracts.log;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.VersionArn;

/**
 * Where the lines of one execution environment lie in the log topic. Written by its worker once the first of them has arrived, at most a
 * second after later ones, and when the environment has ended; so it trails the lines a little, and for ever where the worker was killed.
 *
 * @param logGroup such as {@code /aws/lambda/NAME}
 * @param created when the stream's first batch was written, in epoch milliseconds, as all times here
 * @param firstOffset of the first batch, in the partition
 * @param lastOffset of the last batch that is known
 * @param firstTime of the earliest line
 * @param lastTime of the latest line
 * @param lastWritten when the last batch that is known was written
 * @param bytes of all lines in UTF-8, and 26 more for each
 * @param ended whether no lines follow
 */
public record LogStreamRecord(
        @JsonProperty("v") int formatVersion,
        VersionArn version,
        String logGroup,
        String logStream,
        long created,
        int partition,
        long firstOffset,
        long lastOffset,
        long firstTime,
        long lastTime,
        long lastWritten,
        long bytes,
        boolean ended) {}
