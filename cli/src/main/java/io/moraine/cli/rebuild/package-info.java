/** {@code moraine rebuild}: an empty database is made right again from the bucket. */
package io.moraine.cli.rebuild;
