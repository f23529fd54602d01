package io.kappa.router.admission.lots;

import io.kappa.contracts.function.FunctionArn;

/** Where an invocation takes its token from: what is reserved for its function, or what all functions without a reservation share. */
public sealed interface Pool {
    record Unreserved() implements Pool {}

    record Reserved(FunctionArn function) implements Pool {}
}
