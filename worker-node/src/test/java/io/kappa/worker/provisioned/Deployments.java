package io.kappa.worker.provisioned;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import java.util.List;
import java.util.Map;

/** Samples of what environments are made from. */
final class Deployments {
    private Deployments() {}

    static Deployment deployment(int megabytes) {
        return new Deployment(
                1,
                new FunctionConfiguration(
                        RuntimeIdentifier.PYTHON3_12,
                        "arn:aws:iam::123456789012:role/r",
                        "app.handler",
                        "",
                        3,
                        megabytes,
                        512,
                        Map.of(),
                        List.of("x86_64"),
                        new LoggingConfiguration("Text", null, null, "/aws/lambda/f"),
                        "PassThrough",
                        null,
                        null),
                new CodePackage("00", "u", 1, 0, List.of(0L)));
    }
}
