package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions find what their layers bring, in every language and every kind of sandbox. */
@ParameterizedClass
@EnumSource(
        value = Kind.class,
        names = {"PROCESS", "OCI"})
class LayeredFunctionsIT {
    private final Kind kind;

    @TempDir
    private Path directory;

    private Machine machine;

    LayeredFunctionsIT(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void openMachine() {
        machine = Machine.open(directory, new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(5)), kind);
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    private void assumeInstalled(RuntimeIdentifier runtime) {
        assumeTrue(machine.runtimes.find(runtime).isPresent(), "nothing to run " + runtime.wireName() + " with");
    }

    private String answer(
            RuntimeIdentifier runtime,
            String handler,
            Map<String, String> files,
            Map<String, String> variables,
            String... layers)
            throws Exception {
        assumeInstalled(runtime);
        var function = machine.function(runtime, handler, 20, files, variables, List.of(layers));
        return function.invoke("{}").payload();
    }

    @Test
    void pythonImportsFromTheLaterLayerFirst() throws Exception {
        machine.layer(
                "first", Map.of("python/one.py", "name = 'one of first'", "python/both.py", "name = 'both of first'"));
        machine.layer(
                "second",
                Map.of(
                        "python/both.py", "name = 'both of second'",
                        "python/lib/python3.12/site-packages/site.py", "name = 'not mine'",
                        "python/lib/python3.12/site-packages/packed.py", "name = 'packed'"));
        var files = Map.of("app.py", """
                import one, both, packed, mine
                def handler(event, context): return [one.name, both.name, packed.name, mine.name]
                """, "mine.py", "name = 'mine'");

        assertThat(answer(RuntimeIdentifier.PYTHON3_12, "app.handler", files, Map.of(), "first", "second"))
                .isEqualTo("[\"one of first\", \"both of second\", \"packed\", \"mine\"]");
        assertThat(answer(RuntimeIdentifier.PYTHON3_12, "app.handler", files, Map.of(), "second", "first"))
                .isEqualTo("[\"one of first\", \"both of first\", \"packed\", \"mine\"]");
    }

    @Test
    void nodeRequiresFromBothOfItsDirectories() throws Exception {
        machine.layer(
                "modules",
                Map.of(
                        "nodejs/node_modules/plain/index.js", "module.exports = 'plain';",
                        "nodejs/node20/node_modules/versioned/index.js", "module.exports = require('plain') + '!';"));

        assertThat(answer(
                        RuntimeIdentifier.NODEJS20_X,
                        "index.handler",
                        Map.of("index.js", "exports.handler = async () => [require('plain'), require('versioned')];"),
                        Map.of(),
                        "modules"))
                .isEqualTo("[\"plain\",\"plain!\"]");
    }

    @Test
    void rubyRequiresGemsAndLibraries() throws Exception {
        machine.layer(
                "gems",
                Map.of(
                        "ruby/lib/plain.rb", "PLAIN = 'plain'",
                        "ruby/gems/3.3.0/gems/packed-1.0.0/lib/packed.rb", "PACKED = 'packed'",
                        "ruby/gems/3.3.0/specifications/packed-1.0.0.gemspec", """
                        Gem::Specification.new do |s|
                          s.name = 'packed'
                          s.version = '1.0.0'
                          s.summary = 'packed'
                          s.authors = ['a']
                          s.require_paths = ['lib']
                        end
                        """));

        assertThat(answer(RuntimeIdentifier.RUBY3_3, "app.handler", Map.of("app.rb", """
                                require 'plain'
                                require 'packed'
                                def handler(event:, context:) = [PLAIN, PACKED]
                                """), Map.of(), "gems"))
                .isEqualTo("[\"plain\",\"packed\"]");
    }

    @Test
    void javaLoadsClassesOfJars() throws Exception {
        assumeInstalled(RuntimeIdentifier.JAVA25);
        machine.layer("jars", Map.of("java/lib/readme", ""));
        jar(directory.resolve("jars/java/lib/tools.jar"), "tools/Tool", """
                package tools;
                public class Tool { public static String name() { return "tool of the layer"; } }
                """);
        var function =
                machine.function(RuntimeIdentifier.JAVA25, "App::handle", 20, Map.of(), Map.of(), List.of("jars"));
        compile(directory.resolve("jars/java/lib/tools.jar"), function.code(), "App", """
                public class App { public Object handle(Object event) { return tools.Tool.name(); } }
                """);

        assertThat(function.invoke("{}").payload()).isEqualTo("\"tool of the layer\"");
    }

    private void compile(Path classPath, Path classes, String name, String source) throws IOException {
        var file = directory.resolve("sources-" + name.replace('/', '-')).resolve(name + ".java");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, source);
        var status = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(null, null, null, "-cp", classPath.toString(), "-d", classes.toString(), file.toString());
        assertThat(status).as("compiles").isZero();
    }

    private void jar(Path jar, String name, String source) throws IOException {
        var classes = Files.createDirectories(directory.resolve("classes"));
        compile(classes, classes, name, source);
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(name + ".class"));
            out.write(Files.readAllBytes(classes.resolve(name + ".class")));
            out.closeEntry();
        }
    }

    @Test
    void aBootstrapMayComeFromALayerAndRunItsPrograms() throws Exception {
        machine.layer("runtime", Map.of("bootstrap", """
                #!/bin/sh
                api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
                while :; do
                    id=$(curl -s -D - -o /dev/null "$api/next" |
                        tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip')
                    curl -s -o /dev/null -d "\\"$(greet)\\"" "$api/$id/response"
                done
                """));
        machine.layer("programs", Map.of("bin/greet", "#!/bin/sh\necho hello from $LAMBDA_TASK_ROOT\n"));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl on this machine");

        assertThat(answer(RuntimeIdentifier.PROVIDED_AL2023, "none", Map.of("x", ""), Map.of(), "runtime", "programs"))
                .startsWith("\"hello from /");
    }

    @Test
    void aWrapperMayComeFromALayer() throws Exception {
        machine.layer("wrapper", Map.of("wrap", "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n"));

        assertThat(answer(
                        RuntimeIdentifier.PYTHON3_12,
                        "app.handler",
                        Map.of("app.py", "import os\ndef handler(event, context): return os.environ['WRAPPED']\n"),
                        Map.of("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrap"),
                        "wrapper"))
                .isEqualTo("\"yes\"");
    }

    @Test
    void filesOfLayersAreWhereTheVariableSaysAndCannotBeChangedInContainers() throws Exception {
        machine.layer("data", Map.of("data.txt", "payload"));

        var told = answer(RuntimeIdentifier.PYTHON3_12, "app.handler", Map.of("app.py", """
                        import os
                        def handler(event, context):
                            root = os.environ.get("_KAPPA_LAYERS", "/opt")
                            return [root, open(root + "/data.txt").read(), os.access(root + "/data.txt", os.W_OK)]
                        """), Map.of(), "data");

        if (kind == Kind.OCI) {
            assertThat(told).isEqualTo("[\"/opt\", \"payload\", false]");
        } else {
            assertThat(told).contains("/data\", \"payload\"");
        }
    }
}
