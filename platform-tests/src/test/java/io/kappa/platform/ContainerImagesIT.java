package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.testkit.OciLayout;
import io.kappa.testkit.OciLayout.Image;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.Architecture;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.PackageType;

/** Functions whose code is a container image, with the AWS SDK as on Lambda. The images hold one static program and nothing else. */
class ContainerImagesIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    /** A runtime that answers with what it sees around it. */
    private static final String SOURCE = """
            #include <arpa/inet.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <unistd.h>

            static char in[65536], out[65536], body[32768];

            static void exchange(const char *api, int length) {
                char host[64];
                snprintf(host, sizeof host, "%s", api);
                char *colon = strchr(host, ':');
                *colon = 0;
                int fd = socket(AF_INET, SOCK_STREAM, 0);
                struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
                inet_pton(AF_INET, host, &to.sin_addr);
                if (connect(fd, (struct sockaddr *)&to, sizeof to)) exit(9);
                if (write(fd, out, length) != length) exit(8);
                int have = 0, got;
                while ((got = read(fd, in + have, sizeof in - 1 - have)) > 0) have += got;
                in[have] = 0;
                close(fd);
            }

            static const char *variable(const char *name) {
                const char *value = getenv(name);
                return value ? value : "none";
            }

            static int writable(const char *path) {
                FILE *file = fopen(path, "w");
                if (file) fclose(file);
                return file != NULL;
            }

            int main(int argc, char **argv) {
                const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
                char cwd[512];
                for (;;) {
                    exchange(api, sprintf(out, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n"
                        "Connection: close\\r\\n\\r\\n"));
                    char *id = strcasestr(in, "lambda-runtime-aws-request-id:");
                    if (!id) return 7;
                    id += strlen("lambda-runtime-aws-request-id:");
                    while (*id == ' ') id++;
                    id[36] = 0;
                    printf("an image prints\\n");
                    fflush(stdout);
                    int n = sprintf(body, "{\\"arguments\\":\\"%s\\",\\"cwd\\":\\"%s\\",\\"root\\":%d,\\"own\\":\\"%s\\",\\"set\\":\\"%s\\","
                        "\\"execution\\":\\"%s\\",\\"handler\\":\\"%s\\",\\"name\\":\\"%s\\",\\"writable\\":%d,\\"tmp\\":%d}",
                        argc > 1 ? argv[1] : "", getcwd(cwd, sizeof cwd), getuid() == 0, variable("OWN"), variable("SET"),
                        variable("AWS_EXECUTION_ENV"), variable("_HANDLER"), variable("AWS_LAMBDA_FUNCTION_NAME"),
                        writable("/x"), writable("/tmp/x"));
                    exchange(api, sprintf(out, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nHost: x\\r\\n"
                        "Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s", id, n, body));
                }
            }
            """;

    @TempDir
    private static Path scratch;

    private static byte[] program = {};

    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        var source = Files.writeString(scratch.resolve("runtime.c"), SOURCE);
        var binary = scratch.resolve("runtime");
        run("cc", "-static", "-D_GNU_SOURCE", "-o", binary.toString(), source.toString());
        program = Files.readAllBytes(binary);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
    }

    private static Image image(String... command) {
        return new Image(
                ARM ? "arm64" : "amd64",
                Map.of(
                        "Entrypoint", List.of("/app/run"),
                        "Cmd", List.of(command),
                        "Env", List.of("OWN=of the image", "SET=of the image"),
                        "WorkingDir", "/app"),
                Map.of("app/run", program));
    }

    private OciLayout repository(String name) {
        return new OciLayout(platform.data().resolve("images").resolve(name));
    }

    private String create(String uri, Consumer<CreateFunctionRequest.Builder> more) {
        var name = Functions.newName("image");
        try {
            lambda.createFunction(request -> {
                request.functionName(name)
                        .role(Functions.ROLE)
                        .packageType(PackageType.IMAGE)
                        .code(code -> code.imageUri(uri))
                        .architectures(ARM ? Architecture.ARM64 : Architecture.X86_64)
                        .timeout(20);
                more.accept(request);
            });
        } catch (InvalidParameterValueException e) {
            var why = String.valueOf(e.getMessage());
            if (why.contains("no worker node can run container images")) {
                return abort(why);
            }
            throw e;
        }
        lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));
        return name;
    }

    private JsonNode invoke(String name) throws IOException {
        return JSON.readTree(functions.invoke(name, "{}").payload().asByteArray());
    }

    @Test
    void anImageRunsAsItSaysWithWhatTheFunctionSetsInItsPlace() throws IOException {
        // given
        var repository = Functions.newName("team/hello");
        var digest = repository(repository).add("1", image("own"));
        var uri = "000000000000.dkr.ecr.us-east-1.amazonaws.com/" + repository;
        var name = create(
                uri + ":1",
                request -> request.environment(variables -> variables.variables(Map.of("SET", "of the function"))));
        // when
        var answer = functions.invoke(name, "{}");
        // then
        assertThat(answer.functionError()).isNull();
        assertThat(JSON.readTree(answer.payload().asByteArray())).isEqualTo(JSON.readTree("""
                        {"arguments":"own","cwd":"/app","root":0,"own":"of the image","set":"of the function",
                         "execution":"none","handler":"none","name":"%s","writable":0,"tmp":1}""".formatted(name)));
        assertThat(new String(
                        java.util.Base64.getDecoder().decode(answer.logResult()),
                        java.nio.charset.StandardCharsets.UTF_8))
                .contains("an image prints");
        var function = lambda.getFunction(request -> request.functionName(name));
        assertThat(function.code().repositoryType()).isEqualTo("ECR");
        assertThat(function.code().resolvedImageUri()).isEqualTo(uri + "@" + digest);
        assertThat(function.configuration().runtime()).isNull();

        // when
        lambda.updateFunctionConfiguration(request -> request.functionName(name)
                .imageConfig(image -> image.command("set").workingDirectory("/tmp")));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        // then
        assertThat(invoke(name).path("arguments").asText()).isEqualTo("set");
        assertThat(invoke(name).path("cwd").asText()).isEqualTo("/tmp");
    }

    @Test
    void aPublishedVersionStaysWhatItWasWhenItsTagMoves() throws IOException {
        var repository = Functions.newName("hello");
        var layout = repository(repository);
        layout.add("1", image("before"));
        var name = create(repository + ":1", request -> request.publish(true));
        layout.add("1", image("after"));

        lambda.updateFunctionCode(request -> request.functionName(name).imageUri(repository + ":1"));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        assertThat(invoke(name).path("arguments").asText()).isEqualTo("after");
        assertThat(invoke(name + ":1").path("arguments").asText()).isEqualTo("before");
    }

    @Test
    void whatCannotBeStartedSaysWhy() throws IOException {
        var repository = Functions.newName("hello");
        repository(repository).add("1", image("own"));

        var name = create(repository + ":1", request -> request.imageConfig(image -> image.entryPoint("/nope")));
        assertThat(invoke(name).path("errorType").asText()).isEqualTo("Runtime.InvalidEntrypoint");

        lambda.updateFunctionConfiguration(
                request -> request.functionName(name).imageConfig(image -> image.workingDirectory("/nope")));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        assertThat(invoke(name).path("errorType").asText()).isEqualTo("Runtime.InvalidWorkingDir");
    }

    @Test
    void imagesComeFromARegistryToo() throws IOException, InterruptedException {
        assumeTrue(isInstalled("docker-registry"), "docker-registry is not installed");
        assumeTrue(isInstalled("skopeo"), "skopeo is not installed");
        int port = freePort();
        var settings =
                Files.writeString(scratch.resolve("registry.yml"), """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(scratch.resolve("registry"), port));
        var registry = new ProcessBuilder("docker-registry", "serve", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("registry.log").toFile())
                .start();
        try {
            var local = scratch.resolve("pushed");
            new OciLayout(local).add("1", image("from the registry"));
            var uri = "127.0.0.1:" + port + "/team/hello";
            Waiting.until(Duration.ofSeconds(30), () -> answers(port));
            run(
                    "skopeo",
                    "copy",
                    "--quiet",
                    "--dest-tls-verify=false",
                    "oci:" + local + ":1",
                    "docker://" + uri + ":1");

            var name = create(uri + ":1", _ -> {});

            assertThat(invoke(name).path("arguments").asText()).isEqualTo("from the registry");
            assertThatThrownBy(() -> create(uri + ":2", _ -> {}))
                    .isInstanceOf(InvalidParameterValueException.class)
                    .hasMessageContaining("Source image " + uri + ":2 does not exist. Provide a valid source image.");
        } finally {
            registry.destroy();
        }
    }

    private static boolean isInstalled(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
