package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.REQUEST_ID;
import static io.kappa.runtimes.FunctionProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.runtimes.FunctionProcess.Beginning;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Beginning.class)
@Timeout(60)
class RubyIT extends ClientContract {

    private final Beginning beginning;

    RubyIT(Beginning beginning) {
        this.beginning = beginning;
    }

    @BeforeAll
    static void ruby() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.RUBY3_3);
    }

    private FunctionProcess function(String handler) {
        return new FunctionProcess(beginning, RuntimeIdentifier.RUBY3_3, handler);
    }

    private FunctionProcess function(String handler, String code) {
        return function(handler).file("app.rb", code);
    }

    @Override
    FunctionProcess echo() {
        return function("app.handler", "def handler(event:, context:) = event");
    }

    @Override
    FunctionProcess silent() {
        return function("app.handler", "def handler(event:, context:) = nil");
    }

    @Test
    void answersOneEventAfterTheOtherOverOneConnection() throws Exception {
        try (var function = function("app.handler", """
                $count = 0
                def handler(event:, context:)
                  { count: $count += 1, event: event }
                end
                """).start()) {
            assertThat(function.invoke("{\"a\": [1, 2.5, null, \"é\"]}").body())
                    .isEqualTo("{\"count\":1,\"event\":{\"a\":[1,2.5,null,\"é\"]}}");
            assertThat(function.invoke("\"text\"").body()).isEqualTo("{\"count\":2,\"event\":\"text\"}");
            assertThat(function.api().connections()).isEqualTo(1);
        }
    }

    @Test
    void findsMethodsOfClassesInModulesAndFolders() throws Exception {
        try (var function = function("lib/app.Orders::Handler.create")
                .file("lib/app.rb", """
                        module Orders
                          class Handler
                            def self.create(event:, context:) = event['id']
                          end
                        end
                        """)
                .start()) {
            assertThat(function.invoke("{\"id\":5}").body()).isEqualTo("5");
        }
    }

    @Test
    void tellsTheHandlerItsContext() throws Exception {
        try (var function = function("app.handler", """
                def handler(event:, context:)
                  c = context
                  left = c.get_remaining_time_in_millis
                  [c.function_name, c.function_version, c.invoked_function_arn, c.memory_limit_in_mb, c.aws_request_id,
                   c.log_group_name, c.log_stream_name, c.identity, c.client_context, c.tenant_id, ENV['_X_AMZN_TRACE_ID'],
                   left.positive? && left <= 60_000]
                end
                """).start()) {
            var headers = Map.of(
                    "Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1",
                    "Lambda-Runtime-Client-Context", "{\"custom\":{\"é\":\"1\"}}",
                    "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":\"i\"}",
                    "Lambda-Runtime-Aws-Tenant-Id", "blue");
            assertThat(function.invoke("{}", headers).body())
                    .isEqualTo("[\"orders\",\"7\",\"" + FunctionProcess.ARN + "\",\"256\",\"" + REQUEST_ID
                            + "\",\"/aws/lambda/orders\",\"2026/01/01/[7]abc\",{\"cognitoIdentityId\":\"i\"},{\"custom\":{\"é\":\"1\"}},"
                            + "\"blue\",\"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1\",true]");
            assertThat(function.invoke("{}").body()).endsWith(",null,null,null,null,true]");
        }
    }

    @Test
    void reportsAnExceptionWithItsTraceAndGoesOn() throws Exception {
        try (var function = function("app.handler", """
                def handler(event:, context:)
                  raise ArgumentError, 'bööm'
                end
                """).start()) {
            var post = function.invoke("{}");
            var error = json(post);
            assertThat(error.path("errorType").asText()).isEqualTo("Function<ArgumentError>");
            assertThat(error.path("errorMessage").asText()).isEqualTo("bööm");
            assertThat(error.path("stackTrace")).hasSize(1);
            assertThat(error.path("stackTrace").path(0).asText()).startsWith(function.taskRoot() + "/app.rb:2:in ");
            assertThat(post.headers()).containsEntry("lambda-runtime-function-error-type", "Function.ArgumentError");
            assertThat(function.printed())
                    .startsWith("Error raised from handler method\n{\n  \"errorMessage\": \"bööm\",\n");
            assertThat(function.error("{}").path("errorMessage").asText()).isEqualTo("bööm");
        }
    }

    @Test
    void printsBeforeItAnswersAndLogsWithTheRequest() throws Exception {
        try (var function = function("app.handler", """
                require 'logger'
                LOG = Logger.new($stdout)
                def handler(event:, context:)
                  puts 'raw'
                  LOG.info('heard')
                end
                """).start()) {
            function.invoke("{}");
            assertThat(function.printed()).matches("raw\nI, \\[\\S+ #\\d+]  INFO " + REQUEST_ID + " -- : heard\n");
        }
    }

    @Test
    void logsJsonWhereTheFunctionIsConfiguredSo() throws Exception {
        try (var function = function("app.handler", """
                require 'logger'
                LOG = Logger.new($stdout)
                def handler(event:, context:) = LOG.warn('heard')
                """)
                .variable("AWS_LAMBDA_LOG_FORMAT", "JSON")
                .start()) {
            function.invoke("{}");
            assertThat(function.printed())
                    .matches("\\{\"timestamp\":\"\\S+Z\",\"level\":\"WARN\",\"message\":\"heard\",\"requestId\":\""
                            + REQUEST_ID + "\"}\n");
        }
    }

    @Test
    void reportsAFileThatIsMissing() throws Exception {
        try (var function = function("gone.handler").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Init<LoadError>");
            assertThat(error.path("errorMessage").asText()).isEqualTo("cannot load such file -- gone");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void reportsASyntaxError() throws Exception {
        try (var function = function("app.handler", "def handler(").start()) {
            assertThat(json(function.initError()).path("errorType").asText()).isEqualTo("Init<SyntaxError>");
        }
    }

    @Test
    void reportsAHandlerNameThatIsNone() throws Exception {
        try (var function = function("x").start()) {
            var error = json(function.initError());
            assertThat(error.path("errorType").asText()).isEqualTo("Init<ArgumentError>");
            assertThat(error.path("errorMessage").asText())
                    .startsWith("Invalid handler [\"x\"], must be of form FILENAME.METHOD");
        }
    }

    @Test
    void reportsThatAHandlerExitsAndEnds() throws Exception {
        try (var function = function("app.handler", "def handler(event:, context:) = exit(3)")
                .start()) {
            assertThat(function.error("{}").path("errorType").asText()).isEqualTo("Function<SystemExit>");
            assertThat(function.exitCode()).isEqualTo(3);
        }
    }
}
