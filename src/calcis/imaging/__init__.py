"""What does a lesion in space look like, and what can be measured on its pictures?"""
