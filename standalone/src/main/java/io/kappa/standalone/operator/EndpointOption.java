package io.kappa.standalone.operator;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the Lambda API is, for what is a change of configuration. */
@SuppressWarnings("NullAway.Init") // The command line sets everything before a command runs.
final class EndpointOption {
    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            defaultValue = "${env:KAPPA_ENDPOINT:-http://127.0.0.1:9000}",
            description = {"Where the Lambda API is.", "Default: KAPPA_ENDPOINT, or http://127.0.0.1:9000."})
    private URI endpoint;

    ManagementClient api(OperatorOptions options) {
        return new ManagementClient(
                options.checked("--endpoint", endpoint, "http://127.0.0.1:9000"), "Lambda API", "--endpoint");
    }
}
