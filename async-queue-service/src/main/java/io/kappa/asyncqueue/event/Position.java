package io.kappa.asyncqueue.event;

/** Where a record is, for as long as its topic keeps it. */
public record Position(Source source, int partition, long offset) {}
