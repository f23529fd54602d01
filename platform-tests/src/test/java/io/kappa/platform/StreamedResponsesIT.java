package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamCompleteEvent;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamRequest;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** A function that makes its response bit by bit is heard while it runs, by the AWS SDK as on Lambda. */
class StreamedResponsesIT {
    private static final RunningPlatform PLATFORM = RunningPlatform.shared();
    private static final LambdaAsyncClient ASYNC = LambdaAsyncClient.builder()
            .endpointOverride(PLATFORM.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(NettyNioAsyncHttpClient.create())
            .build();

    private final LambdaClient lambda = PLATFORM.lambda();
    private final Functions functions = new Functions(lambda);

    @AfterAll
    static void close() {
        ASYNC.close();
    }

    /** What the SDK hears of one invocation. */
    private static final class Heard {
        final BlockingQueue<String> chunks = new LinkedBlockingQueue<>();
        final CompletableFuture<InvokeWithResponseStreamCompleteEvent> complete = new CompletableFuture<>();
        final CompletableFuture<Void> done;

        Heard(String function, Consumer<InvokeWithResponseStreamRequest.Builder> more) {
            var handler = InvokeWithResponseStreamResponseHandler.builder()
                    .subscriber(InvokeWithResponseStreamResponseHandler.Visitor.builder()
                            .onPayloadChunk(chunk -> chunks.add(chunk.payload().asUtf8String()))
                            .onInvokeComplete(complete::complete)
                            .build())
                    .build();
            done = ASYNC.invokeWithResponseStream(
                    request -> {
                        request.functionName(function);
                        more.accept(request);
                    },
                    handler);
        }

        /** Waits until so much has come. */
        void hears(String text) throws InterruptedException {
            var heard = new StringBuilder();
            while (heard.length() < text.length()) {
                var chunk = chunks.poll(60, TimeUnit.SECONDS);
                assertThat(chunk).as("after '%s'", heard).isNotNull();
                heard.append(chunk);
            }
            assertThat(heard).hasToString(text);
        }

        InvokeWithResponseStreamCompleteEvent ends() throws Exception {
            done.get(60, TimeUnit.SECONDS);
            return complete.get(1, TimeUnit.SECONDS);
        }
    }

    private static Heard hear(String function) {
        return new Heard(function, _ -> {});
    }

    /** A function that goes on after its first bytes only once somebody calls it at the port that these tell. */
    private String waiting(String after) {
        return functions.nodejs("""
                const http = require('http');
                exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
                  const server = http.createServer();
                  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
                  stream.write(`port ${String(server.address().port).padStart(5, '0')}`);
                  await new Promise((called) => server.on('request', (request, response) => {
                    response.end();
                    called();
                  }));
                  server.closeAllConnections();
                  server.close();
                  %s
                });
                """.formatted(after));
    }

    private static void call(Heard heard) throws Exception {
        var first = heard.chunks.poll(60, TimeUnit.SECONDS);
        assertThat(first).startsWith("port ");
        var port = Integer.parseInt(first.substring("port ".length()));
        assertThat(heard.done).isNotDone();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: f\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isPositive();
        }
    }

    @Test
    void chunksComeWhileTheFunctionRuns() throws Exception {
        var heard = new Heard(waiting("stream.end('the end');"), request -> request.logType("Tail"));

        call(heard);
        heard.hears("the end");

        var end = heard.ends();
        assertThat(end.errorCode()).isNull();
        var log = new String(Base64.getDecoder().decode(end.logResult()), StandardCharsets.UTF_8);
        assertThat(log).contains("START RequestId: ").contains("REPORT RequestId: ");
    }

    @Test
    void anErrorWithinTheStreamEndsIt() throws Exception {
        var name = waiting("throw new TypeError('half way');");
        var heard = hear(name);

        call(heard);

        var end = heard.ends();
        assertThat(end.errorCode()).isEqualTo("Unhandled");
        assertThat(end.errorDetails()).contains("\"errorType\":\"TypeError\"").contains("half way");
        var again = hear(name); // The environment is as good as before.
        call(again);
        assertThat(again.ends().errorCode()).isEqualTo("Unhandled");
    }

    @Test
    void theEndOfTheProcessEndsTheStream() throws Exception {
        var name = waiting("process.kill(process.pid, 'SIGKILL');");
        var heard = hear(name);

        call(heard);

        assertThat(heard.ends().errorDetails()).contains("Runtime.ExitError").contains("signal: killed");
    }

    @Test
    void theTimeoutEndsTheStream() throws Exception {
        var name = functions.create(
                Runtime.NODEJS22_X, "app.handler", DeploymentPackage.of("app.js", """
                        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                          stream.write('begun');
                          await new Promise((never) => setInterval(never, 100000));
                        });
                        """), request -> request.timeout(1));
        var heard = hear(name);

        heard.hears("begun");

        assertThat(heard.ends().errorDetails())
                .contains("Sandbox.Timedout")
                .contains("Task timed out after 1.00 seconds");
    }

    @Test
    void functionsThatDoNotStreamAreHeardAsWell() throws Exception {
        var heard = new Heard(
                functions.python("def handler(event, context):\n    return {'got': event}\n"),
                request -> request.payload(SdkBytes.fromUtf8String("7")));

        heard.hears("{\"got\": 7}");
        assertThat(heard.ends().errorCode()).isNull();

        var failing = hear(functions.python("def handler(event, context):\n    raise ValueError('no')\n"));
        assertThat(failing.ends().errorDetails()).contains("ValueError");
        assertThat(failing.chunks).isEmpty();
    }

    @Test
    void invokeGathersWhatAFunctionStreams() {
        var name = functions.nodejs("""
                exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                  if (event.fail) { stream.write('half'); throw new RangeError('broken'); }
                  for (let i = 0; i < event.megabytes; i++) {
                    await new Promise((written) => stream.write(Buffer.alloc(1024 * 1024, 'x'), written));
                  }
                  stream.end('"end"');
                });
                """);

        assertThat(functions.invoke(name, "{\"megabytes\":0}").payload().asUtf8String())
                .isEqualTo("\"end\"");
        assertThat(functions.invoke(name, "{\"megabytes\":7}").payload().asUtf8String())
                .contains("Function.ResponseSizeTooLarge");
        var failed = functions.invoke(name, "{\"fail\":true}");
        assertThat(failed.functionError()).isEqualTo("Unhandled");
        assertThat(failed.payload().asUtf8String()).contains("RangeError");
    }

    @Test
    void moreThanAnInvokeMayReturnIsStreamedWhole() throws Exception {
        var name = functions.create(
                Runtime.NODEJS22_X, "app.handler", DeploymentPackage.of("app.js", """
                        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                          for (let i = 0; i < 20; i++) {
                            await new Promise((written) => stream.write(Buffer.alloc(1024 * 1024, 'x'), written));
                          }
                          stream.end();
                        });
                        """), request -> request.timeout(60));
        var heard = hear(name);

        assertThat(heard.ends().errorCode()).isNull();
        assertThat(heard.chunks.stream().mapToLong(String::length).sum()).isEqualTo(20L * 1024 * 1024);
    }

    @Test
    void aRuntimeOfOnesOwnStreamsToo() throws Exception {
        var bootstrap = """
                #!/usr/bin/env python3
                import http.client, os
                api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
                while True:
                    api.request('GET', '/2018-06-01/runtime/invocation/next')
                    event = api.getresponse()
                    event.read()
                    request_id = event.headers['Lambda-Runtime-Aws-Request-Id']
                    api.request(
                        'POST', '/2018-06-01/runtime/invocation/' + request_id + '/response',
                        body=iter([b'one ', b'two']),
                        headers={'Lambda-Runtime-Function-Response-Mode': 'streaming'}, encode_chunked=True)
                    api.getresponse().read()
                """;
        var name =
                functions.create(Runtime.PROVIDED_AL2023, "any", DeploymentPackage.of("bootstrap", bootstrap), _ -> {});

        var heard = hear(name);

        heard.hears("one two");
        assertThat(heard.ends().errorCode()).isNull();
    }

    @Test
    void whatCannotBeginIsAnOrdinaryError() {
        assertThatThrownBy(() -> hear("nobody").done.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ResourceNotFoundException.class);
    }
}
