package io.kappa.mapper.queue;

/** What last went wrong with a record, as far as this process saw it. */
public record LastFailure(String errorType, String errorMessage) {}
