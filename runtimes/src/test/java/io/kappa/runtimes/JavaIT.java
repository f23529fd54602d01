package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.REQUEST_ID;
import static io.kappa.runtimes.FunctionProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.runtimes.FunctionProcess.Beginning;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Beginning.class)
@Timeout(120)
class JavaIT {

    private final Beginning beginning;

    JavaIT(Beginning beginning) {
        this.beginning = beginning;
    }

    private static final RuntimeIdentifier RUNTIME = RuntimeIdentifier.JAVA25;

    @BeforeAll
    static void java() {
        FunctionProcess.assumeInstalled(RUNTIME);
    }

    private FunctionProcess function(String handler, String code) throws Exception {
        var function = new FunctionProcess(beginning, RUNTIME, handler).file("shop/App.java", code);
        compile(function.taskRoot(), function.taskRoot());
        return function;
    }

    private static void compile(Path sources, Path classes) throws URISyntaxException {
        var interfaces =
                RequestHandler.class.getProtectionDomain().getCodeSource().getLocation();
        var status = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(
                        null,
                        null,
                        null,
                        "-cp",
                        Path.of(interfaces.toURI()).toString(),
                        "-d",
                        classes.toString(),
                        sources.resolve("shop/App.java").toString());
        assertThat(status).as("compiles").isZero();
    }

    @Test
    void answersOneEventAfterTheOther() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                import java.util.Map;
                public class App implements RequestHandler<Map<String, Object>, Object> {
                  private int count;
                  public Object handleRequest(Map<String, Object> event, Context context) {
                    return Map.of("count", ++count + " " + event.get("a"));
                  }
                }
                """).start()) {
            assertThat(function.result("{\"a\":\"é\"}")).hasToString("{\"count\":\"1 é\"}");
            assertThat(function.result("{\"a\":true}")).hasToString("{\"count\":\"2 true\"}");
        }
    }

    @Test
    void callsMethodsThatTakeTypesOfTheFunction() throws Exception {
        try (var function = function("shop.App::ship", """
                package shop;
                public class App {
                  public static class Order { public int id; public String city; }
                  public Order ship(Order order) { order.id++; return order; }
                }
                """).start()) {
            assertThat(function.result("{\"id\":4,\"city\":\"Ulm\"}")).hasToString("{\"id\":5,\"city\":\"Ulm\"}");
        }
    }

    @Test
    void tellsTheHandlerItsContext() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                import java.util.List;
                public class App implements RequestHandler<Object, List<Object>> {
                  public List<Object> handleRequest(Object event, Context c) {
                    return List.of(c.getFunctionName(), c.getFunctionVersion(), c.getInvokedFunctionArn(), c.getMemoryLimitInMB(),
                        c.getAwsRequestId(), c.getLogGroupName(), c.getLogStreamName(), c.getRemainingTimeInMillis() > 0,
                        System.getProperty("com.amazonaws.xray.traceHeader"));
                  }
                }
                """).start()) {
            assertThat(function.result(
                            "{}", Map.of("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")))
                    .hasToString(
                            "[\"orders\",\"7\",\"" + FunctionProcess.ARN + "\",256,\"" + REQUEST_ID
                                    + "\",\"/aws/lambda/orders\",\"2026/01/01/[7]abc\",true,\"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\"]");
        }
    }

    @Test
    void reportsAnExceptionWithItsTraceAndGoesOn() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                public class App implements RequestHandler<Object, Object> {
                  public Object handleRequest(Object event, Context context) {
                    throw new IllegalStateException("boom");
                  }
                }
                """).start()) {
            var error = function.error("{}");
            assertThat(error.path("errorMessage").asText()).isEqualTo("boom");
            assertThat(error.path("errorType").asText()).isEqualTo("java.lang.IllegalStateException");
            assertThat(error.path("stackTrace").path(0).asText()).isEqualTo("shop.App.handleRequest(App.java:5)");
            assertThat(function.error("{}").path("errorMessage").asText()).isEqualTo("boom");
        }
    }

    @Test
    void printsNothingOfItsOwn() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                public class App implements RequestHandler<Object, Object> {
                  public Object handleRequest(Object event, Context context) {
                    System.out.println("out");
                    context.getLogger().log("logged\\n");
                    return null;
                  }
                }
                """).start()) {
            assertThat(function.invoke("{}").body()).isEqualTo("null");
            assertThat(function.printed()).isEqualTo("out\nlogged\n");
        }
    }

    @Test
    void reportsAClassThatIsMissingAtTheFirstEvent() throws Exception {
        try (var function = new FunctionProcess(beginning, RUNTIME, "shop.Gone").start()) {
            assertThat(function.error("{}"))
                    .hasToString(
                            "{\"errorMessage\":\"Class not found: shop.Gone\",\"errorType\":\"java.lang.ClassNotFoundException\"}");
        }
    }

    @Test
    void reportsAConstructorThatThrows() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                public class App implements RequestHandler<Object, Object> {
                  public App() { throw new IllegalStateException("no"); }
                  public Object handleRequest(Object event, Context context) { return null; }
                }
                """).start()) {
            assertThat(json(function.initError()).path("errorMessage").asText()).isEqualTo("no");
            assertThat(function.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void findsClassesInTheFunctionsLibraries(@TempDir Path classes) throws Exception {
        try (var function = new FunctionProcess(beginning, RUNTIME, "shop.App")) {
            Files.createDirectories(classes.resolve("shop"));
            Files.writeString(classes.resolve("shop/App.java"), """
                    package shop;
                    import com.amazonaws.services.lambda.runtime.*;
                    public class App implements RequestHandler<Object, Object> {
                      public Object handleRequest(Object event, Context context) { return "from a jar"; }
                    }
                    """);
            compile(classes, classes);
            Files.createDirectories(function.taskRoot().resolve("lib"));
            var jar = java.util.spi.ToolProvider.findFirst("jar").orElseThrow();
            jar.run(
                    System.out,
                    System.err,
                    "cf",
                    function.taskRoot().resolve("lib/app.jar").toString(),
                    "-C",
                    classes.toString(),
                    ".");
            assertThat(function.start().result("{}")).hasToString("\"from a jar\"");
        }
    }

    @Test
    void archivesWhatTheClientLoadsAndStartsFromTheArchive(@TempDir Path directory) throws Exception {
        // given
        var clients = ClientFiles.unpack(directory);
        var java = new Java(clients);
        var interpreter = java.examine(Path.of(System.getProperty("java.home"), "bin/java"))
                .orElseThrow();
        var archive = clients.resolve("java/archives/test.jsa");
        // when
        try (var training = new JavaTraining(java, clients)) {
            training.run(interpreter, archive);
        }
        // then
        var roots = new Language.Roots(
                "/var/task", clients.toString(), "/opt", interpreter.version(), "no handler", Map.of());
        var start =
                java.start(interpreter, roots, 512, List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:class+load"));
        var process =
                new ProcessBuilder(start.command()).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains(
                        "com.amazonaws.services.lambda.runtime.api.client.AWSLambda source: shared objects file (top)");
    }
}
