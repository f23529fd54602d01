package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.InvokeMode;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;

/** Functions are called at their URLs by an HTTP client that knows nothing of Lambda. */
class FunctionUrlIT {
    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
    }

    private URI url(String function) {
        return URI.create(lambda.createFunctionUrlConfig(
                        request -> request.functionName(function).authType(FunctionUrlAuthType.NONE))
                .functionUrl());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(URI url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(url));
    }

    @Test
    void aRequestReachesTheFunctionAndItsAnswerTheCaller() throws Exception {
        var name = functions.python("""
                def handler(event, context):
                    return {
                        'statusCode': 201,
                        'headers': {'Content-Type': 'text/plain', 'X-Path': event['rawPath']},
                        'cookies': event['cookies'],
                        'body': event['requestContext']['http']['method'] + ' ' + event['body']
                            + ' ' + event['queryStringParameters']['q'] + ' ' + event['headers']['x-a'],
                    }
                """);

        var response = send(HttpRequest.newBuilder(url(name).resolve("a/b?q=1&q=2"))
                .headers("X-A", "1", "X-A", "2", "Cookie", "c=1; d=2", "Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("grüß dich")));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(response.body()).isEqualTo("POST grüß dich 1,2 1,2");
        assertThat(response.headers().firstValue("x-path")).hasValue("/a/b");
        assertThat(response.headers().allValues("set-cookie")).containsExactly("c=1", "d=2");
    }

    @Test
    void bytesGoThroughInBothDirections() throws Exception {
        var name = functions.python("""
                import base64
                def handler(event, context):
                    back = bytes(reversed(base64.b64decode(event['body'])))
                    return {'statusCode': 200, 'headers': {'content-type': 'image/png'},
                            'isBase64Encoded': event['isBase64Encoded'], 'body': base64.b64encode(back).decode()}
                """);

        var response = client.send(
                HttpRequest.newBuilder(url(name))
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofByteArray(new byte[] {0, -1, 7}))
                        .build(),
                BodyHandlers.ofByteArray());

        assertThat(response.body()).containsExactly(7, -1, 0);
        assertThat(response.headers().firstValue("content-type")).hasValue("image/png");
    }

    @Test
    void whatIsNoResponseBecomesOneAndErrorsAreToldInFewWords() throws Exception {
        var name = functions.python("""
                def handler(event, context):
                    if event['rawPath'] == '/fail':
                        raise ValueError('secret')
                    return {'hello': 'wörld'}
                """);
        var url = url(name);

        var response = get(url);
        assertThat(response.body()).isEqualTo("{\"hello\":\"wörld\"}");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        var failed = get(url.resolve("fail"));
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(failed.body()).isEqualTo("Internal Server Error");
        lambda.putFunctionConcurrency(request -> request.functionName(name).reservedConcurrentExecutions(0));
        assertThat(get(url).statusCode()).isEqualTo(429);
        lambda.deleteFunctionUrlConfig(request -> request.functionName(name));
        assertThat(get(url).statusCode()).isEqualTo(403);
    }

    @Test
    void anAliasHasAUrlOfItsOwnWhichServesWhateverItPointsTo() throws Exception {
        var name = functions.python("def handler(event, context):\n    return context.function_version\n");
        lambda.publishVersion(request -> request.functionName(name));
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion("1"));
        var created = lambda.createFunctionUrlConfig(
                request -> request.functionName(name).qualifier("live").authType(FunctionUrlAuthType.NONE));

        assertThat(created.functionArn()).endsWith(":function:" + name + ":live");
        var live = URI.create(created.functionUrl());
        assertThat(get(live).body()).isEqualTo("1");
        assertThat(get(url(name)).body()).isEqualTo("$LATEST");
        lambda.updateAlias(request -> request.functionName(name).name("live").functionVersion("$LATEST"));
        assertThat(get(live).body()).isEqualTo("$LATEST");
        assertThat(lambda.listFunctionUrlConfigs(request -> request.functionName(name))
                        .functionUrlConfigs())
                .hasSize(2);
        assertThatThrownBy(() -> url(name)).isInstanceOf(ResourceConflictException.class);
        lambda.deleteAlias(request -> request.functionName(name).name("live"));
        assertThat(get(live).statusCode()).isEqualTo(403);
    }

    @Test
    void browsersAreToldWhatTheyMayDo() throws Exception {
        var name = functions.python("def handler(event, context):\n    return 1\n");
        var url = url(name);
        lambda.updateFunctionUrlConfig(request -> request.functionName(name)
                .cors(cors -> cors.allowOrigins("https://shop.example").allowMethods("*")));

        var preflight = send(HttpRequest.newBuilder(url)
                .headers("Origin", "https://shop.example", "Access-Control-Request-Method", "PUT")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("access-control-allow-methods"))
                .hasValue("*");
        var response = send(HttpRequest.newBuilder(url).header("Origin", "https://shop.example"));
        assertThat(response.body()).isEqualTo("1");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("https://shop.example");
    }

    @Test
    void aStreamIsHeardWhileTheFunctionRuns() throws Exception {
        var name = functions.nodejs("""
                const http = require('http');
                exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                  const server = http.createServer();
                  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
                  stream = awslambda.HttpResponseStream.from(stream, {
                    statusCode: 418,
                    headers: { 'Content-Type': 'text/plain', 'X-Port': String(server.address().port) },
                    cookies: ['a=1'],
                  });
                  stream.write('begun ');
                  await new Promise((called) => server.on('request', (request, response) => {
                    response.end();
                    called();
                  }));
                  server.closeAllConnections();
                  server.close();
                  stream.end('done');
                });
                """);
        var url = URI.create(lambda.createFunctionUrlConfig(request -> request.functionName(name)
                        .authType(FunctionUrlAuthType.NONE)
                        .invokeMode(InvokeMode.RESPONSE_STREAM))
                .functionUrl());

        HttpResponse<InputStream> response =
                client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofInputStream());

        assertThat(response.statusCode()).isEqualTo(418);
        assertThat(response.headers().firstValue("set-cookie")).hasValue("a=1");
        assertThat(new String(response.body().readNBytes("begun ".length()), StandardCharsets.UTF_8))
                .isEqualTo("begun ");
        var port = response.headers().firstValue("x-port").orElseThrow();
        assertThat(get(URI.create("http://127.0.0.1:" + port)).statusCode()).isEqualTo(200);
        assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("done");
    }

    @Test
    void aUrlIsServedAtAHostOfItsOwn() throws Exception {
        var url = url(
                functions.python("def handler(event, context):\n    return event['requestContext']['domainName']\n"));
        var id = url.getPath().split("/")[3];

        try (var socket = new Socket(InetAddress.getLoopbackAddress(), platform.port())) {
            socket.getOutputStream()
                    .write(("GET /any HTTP/1.1\r\nHost: " + id
                                    + ".lambda-url.us-east-1.on.aws\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("\r\n\r\n" + id + ".lambda-url.us-east-1.on.aws");
        }
    }

    @Test
    void theCommandLineKnowsFunctionUrls(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(platform.endpoint(), directory);
        var name = functions.python("def handler(event, context):\n    return 1\n");

        var printed = aws.run("""
                aws lambda create-function-url-config --function-name %1$s --auth-type NONE \
                    --cors 'AllowOrigins=*,MaxAge=60' --query Cors.MaxAge --output text
                aws lambda update-function-url-config --function-name %1$s --invoke-mode RESPONSE_STREAM \
                    --query InvokeMode --output text
                aws lambda get-function-url-config --function-name %1$s --query AuthType --output text
                aws lambda list-function-url-configs --function-name %1$s --query 'length(FunctionUrlConfigs)' --output text
                aws lambda delete-function-url-config --function-name %1$s
                """.formatted(name));

        assertThat(printed.lines()).containsExactly("60", "RESPONSE_STREAM", "NONE", "1");
    }
}
