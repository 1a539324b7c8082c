const LOCAL_URI = 'mongodb://127.0.0.1:27117/?directConnection=true';

/** The server whose databases are meant: that of `npm run up` unless another is named. */
export const readDatabaseUri = (): string => process.env.MONGODB_URI ?? LOCAL_URI;
