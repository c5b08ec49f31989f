"""The live register as a source of answers beside the documents: understood and told by rule, without a language model.

`source` is the way in. A question is written out (`spelling`, `lexis`) and taken apart (`reading`, by `times` and by
the patterns of `grammar` and `filtering`), the names in it are found (`names`, `linking`), it is decided which kind of
thing it is about (`deciding`), and it becomes a typed query (`understanding`, `asking`). That is run through the
functions of `initiatives` with the rights of the person (`running`), and told with its rows (`telling`, `shown`).
`nearby` tells of a thing that is named where that is not understood, and `sayings` what the texts in the register say
(`written`) where nothing else answers. `beside` puts it together with what the documents say.
`requested` is the same for a query that a program writes in names and plain values.
"""
