package io.kappa.router.api.operation;

/**
 * A refusal as a protocol writes it.
 *
 * @param name of the error on the wire
 */
public record RefusalAnswer(String name, ApiAnswer answer) {}
