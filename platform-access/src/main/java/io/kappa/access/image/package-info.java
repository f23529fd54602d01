/**
 * Container images: which one a name stands for, and how to get it. The door is {@code ContainerImages}; routers resolve names, workers copy
 * what these stood for.
 */
@NullMarked
package io.kappa.access.image;

import org.jspecify.annotations.NullMarked;
