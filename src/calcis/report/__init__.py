"""What does a reader of a run see: its page, pictures, tables and sentences?"""
