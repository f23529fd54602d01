package io.kappa.router.admission.lots;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.VersionArn;

/**
 * Where an invocation takes its token from: what is provisioned of its version, what is reserved for its function beside that, or what all
 * functions without a reservation share.
 */
public sealed interface Pool {
    record Unreserved() implements Pool {}

    record Reserved(FunctionArn function) implements Pool {}

    record Provisioned(VersionArn version) implements Pool {}
}
