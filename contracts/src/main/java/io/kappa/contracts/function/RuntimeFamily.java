package io.kappa.contracts.function;

/** The language, or the lack of one, that a runtime identifier stands for. */
public enum RuntimeFamily {
    PYTHON,
    NODEJS,
    JAVA,
    RUBY,
    /** The function brings its own {@code bootstrap}. */
    PROVIDED,
    DOTNET,
    GO
}
