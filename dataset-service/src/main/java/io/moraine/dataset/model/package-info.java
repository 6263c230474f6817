/**
 * Models, of which there are none: a model is a version of a dataset. Whoever makes one with the
 * original client is told how that is named here.
 */
package io.moraine.dataset.model;
