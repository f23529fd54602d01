package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was accepted is still there after the whole platform, its broker included, was killed without warning. */
class RestartIT {

    @Test
    void functionsCreatedBeforeAKillRunAfterIt(@TempDir Path data) throws Exception {
        String name;
        String revision;
        try (var platform = RunningPlatform.start(data)) {
            try (var lambda = platform.lambda()) {
                name = new Functions(lambda)
                        .python(
                                "import os\ndef handler(event, context):\n    return os.environ['COLOUR']\n",
                                request -> request.environment(e -> e.variables(Map.of("COLOUR", "blue")))
                                        .publish(true));
                revision = lambda.getFunctionConfiguration(request -> request.functionName(name))
                        .revisionId();
            }
            platform.kill();
        }

        try (var platform = RunningPlatform.start(data);
                var lambda = platform.lambda()) {
            var configuration = lambda.getFunctionConfiguration(request -> request.functionName(name));
            assertThat(configuration.revisionId()).isEqualTo(revision);
            assertThat(lambda.invoke(request -> request.functionName(name))
                            .payload()
                            .asUtf8String())
                    .isEqualTo("\"blue\"");
            assertThat(lambda.invoke(request -> request.functionName(name).qualifier("1"))
                            .executedVersion())
                    .isEqualTo("1");
            assertThat(lambda.publishVersion(request -> request.functionName(name))
                            .version())
                    .isEqualTo("1");
        }
    }

    @Test
    void aFunctionKilledWhilePendingBecomesActiveAfterTheRestart(@TempDir Path data) throws Exception {
        var name = Functions.newName("f");
        try (var platform = RunningPlatform.start(data)) {
            try (var lambda = platform.lambda()) {
                lambda.createFunction(request -> request.functionName(name)
                        .runtime("python3.13")
                        .handler("app.handler")
                        .role(Functions.ROLE)
                        .code(DeploymentPackage.of("app.py", "def handler(e, c):\n    return 7\n")
                                .code()));
            }
            platform.kill();
        }

        try (var platform = RunningPlatform.start(data);
                var lambda = platform.lambda()) {
            lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));
            assertThat(lambda.invoke(request -> request.functionName(name))
                            .payload()
                            .asUtf8String())
                    .isEqualTo("7");
        }
    }
}
