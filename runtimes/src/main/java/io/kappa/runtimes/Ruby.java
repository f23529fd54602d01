package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ruby. */
record Ruby() implements Language {

    /** The client's files, as paths below the package's resources. */
    static final List<String> CLIENT = Stream.of(
                    "bootstrap.rb",
                    "kappa/failure.rb",
                    "kappa/handler.rb",
                    "kappa/lambda_context.rb",
                    "kappa/logs.rb",
                    "kappa/runtime_api.rb")
            .map("ruby/"::concat)
            .toList();

    private static final String QUESTION =
            "puts RbConfig.ruby, RUBY_VERSION, RbConfig::CONFIG.values_at('prefix', 'ruby_version'), Gem.default_path.join(':')";

    private static final String API_VERSION = "api-version";
    private static final String GEMS = "gems";

    @Override
    public RuntimeFamily family() {
        return RuntimeFamily.RUBY;
    }

    @Override
    public String label() {
        return "ruby";
    }

    @Override
    public InterpreterVersion oldest() {
        return new InterpreterVersion(3, 1, 0);
    }

    @Override
    public Places places() {
        return new Places(
                "ruby",
                List.of("ruby4.0", "ruby3.4", "ruby3.3", "ruby3.2", "ruby3.1"),
                List.of(
                        "~/.rbenv/versions/*/bin",
                        "~/.rvm/rubies/*/bin",
                        "~/.asdf/installs/ruby/*/bin",
                        "~/.local/share/mise/installs/ruby/*/bin",
                        "/opt/rubies/*/bin"));
    }

    @Override
    public Optional<Interpreter> examine(Path candidate) throws IOException {
        var answer = Question.ask(candidate, "-e", QUESTION);
        if (answer.size() < 5) {
            return Optional.empty();
        }
        var needed = Stream.concat(
                        Stream.of(answer.get(2)), Arrays.stream(answer.get(4).split(":")))
                .map(Path::of)
                .toList();
        return InterpreterVersion.in(answer.get(1))
                .map(version -> new Interpreter(
                        Path.of(answer.get(0)),
                        version,
                        SystemPaths.outside(needed),
                        Map.of(API_VERSION, answer.get(3), GEMS, answer.get(4))));
    }

    @Override
    public InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes) {
        var variables = new HashMap<>(at.variables());
        var api = interpreter.detail(API_VERSION);
        var layers = at.layers() + "/ruby";
        var asked = at.asked().major() + "." + at.asked().minor() + ".0";
        var gems = Stream.of(
                        at.task() + "/vendor/bundle/ruby/" + api,
                        layers + "/gems/" + asked,
                        layers + "/gems/" + api,
                        interpreter.detail(GEMS))
                .distinct();
        variables.put("GEM_PATH", gems.collect(Collectors.joining(":")));
        variables.put("RUBYLIB", at.task() + ":" + layers + "/lib");
        return new InstalledRuntime.Start(
                List.of(interpreter.executable().toString(), at.runtime() + "/ruby/bootstrap.rb"), variables);
    }

    @Override
    public boolean parks(Interpreter interpreter) {
        return true;
    }

    @Override
    public boolean restores(Interpreter interpreter) {
        return false;
    }

    @Override
    public boolean actsAtStart(String variable) {
        return variable.startsWith("RUBY") || variable.startsWith("GEM_");
    }
}
