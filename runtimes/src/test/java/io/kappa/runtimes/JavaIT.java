package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.REQUEST_ID;
import static io.kappa.runtimes.FunctionProcess.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.kappa.contracts.function.RuntimeIdentifier;
import java.net.URISyntaxException;
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

@Timeout(120)
class JavaIT {

    private static final RuntimeIdentifier RUNTIME = RuntimeIdentifier.JAVA25;

    @BeforeAll
    static void java() {
        FunctionProcess.assumeInstalled(RUNTIME);
    }

    private static FunctionProcess function(String handler, String code) throws Exception {
        var function = new FunctionProcess(RUNTIME, handler).file("shop/App.java", code);
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
    void reportsAnExceptionWithItsCauseAndGoesOn() throws Exception {
        try (var function = function("shop.App", """
                package shop;
                import com.amazonaws.services.lambda.runtime.*;
                public class App implements RequestHandler<Object, Object> {
                  public Object handleRequest(Object event, Context context) {
                    throw new IllegalStateException("boom", new java.io.IOException("deeper"));
                  }
                }
                """).start()) {
            var error = function.error("{}");
            assertThat(error.path("errorMessage").asText()).isEqualTo("boom");
            assertThat(error.path("errorType").asText()).isEqualTo("java.lang.IllegalStateException");
            assertThat(error.path("stackTrace").path(0).asText()).isEqualTo("shop.App.handleRequest(App.java:5)");
            assertThat(error.path("cause").path("errorMessage").asText()).isEqualTo("deeper");
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
    void reportsAClassThatIsMissing() throws Exception {
        try (var function = new FunctionProcess(RUNTIME, "shop.Gone").start()) {
            var post = function.initError();
            assertThat(json(post).path("errorType").asText()).isEqualTo("java.lang.ClassNotFoundException");
            assertThat(json(post).path("errorMessage").asText()).isEqualTo("Class not found: shop.Gone");
            assertThat(function.exitCode()).isNotZero();
        }
    }

    @Test
    void findsClassesInTheFunctionsLibraries(@TempDir Path classes) throws Exception {
        try (var function = new FunctionProcess(RUNTIME, "shop.App")) {
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
        assertThat(archive).isRegularFile();
        var roots = new Language.Roots("/var/task", clients.toString(), "h", Map.of());
        var start = java.start(
                interpreter,
                roots,
                512,
                List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on", "-Xlog:class+load", "-version"));
        assertThat(Question.ask(
                        interpreter.executable(),
                        start.command().subList(1, start.command().size()).toArray(String[]::new)))
                .isNotEmpty();
    }
}
